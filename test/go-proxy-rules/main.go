// Prints, for each pair of a value of NO_PROXY and an address, whether Go sends a request for it without a proxy.
package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"

	"golang.org/x/net/http/httpproxy"
)

func main() {
	var pairs [][2]string
	if err := json.NewDecoder(os.Stdin).Decode(&pairs); err != nil {
		panic(err)
	}
	for _, pair := range pairs {
		config := httpproxy.Config{HTTPSProxy: "http://proxy.example:3128", NoProxy: pair[0]}
		address, err := url.Parse(pair[1])
		if err != nil {
			panic(err)
		}
		proxy, err := config.ProxyFunc()(address)
		if err != nil {
			panic(err)
		}
		fmt.Println(proxy == nil)
	}
}
