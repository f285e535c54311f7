import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** What every proxy is told. */
export interface Place {
  /** A folder of its own, which every user may read. */
  folder: string;
  /** The port on which it listens. */
  port: number;
  /** The port of the service, for a gateway. */
  target: number;
}

/** The credentials that the proxies with tunnels require. */
export const LOGIN = { user: "engineer", password: "planted-proxy-password" };

/** A real proxy. */
export interface RealProxy {
  program: string;
  /** A gateway stands before the service, and others open tunnels to it. */
  kind: "gateway" | "tunnel";
  /** What it answers to wrong credentials. */
  rejects?: RegExp;
  /** Writes its configuration, and returns the arguments of the program. */
  configure: (place: Place) => string[];
}

/** Writes a file into the folder of a proxy. */
function write({ folder }: Place, name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text, { mode: 0o755 });
  return file;
}

const nginx: RealProxy = {
  program: "nginx",
  kind: "gateway",
  configure: (place) => {
    const { folder, port, target } = place;
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    const file = write(
      place,
      "nginx.conf",
      `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/errors;
       events {}
       http {
         access_log off;
         ${temporary.map((each) => `${each}_temp_path ${folder}/${each};`).join(" ")}
         server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${target}; } }
       }\n`,
    );
    return ["-c", file, "-e", `${folder}/errors`];
  },
};

const haproxy: RealProxy = {
  program: "haproxy",
  kind: "gateway",
  configure: (place) => [
    "-db",
    "-f",
    write(
      place,
      "haproxy.conf",
      `defaults\n mode http\n timeout connect 2s\n timeout client 60s\n timeout server 60s
listen keycard\n bind 127.0.0.1:${place.port}\n server one 127.0.0.1:${place.target}\n`,
    ),
  ],
};

const squid: RealProxy = {
  program: "squid",
  kind: "tunnel",
  rejects: /answered 407.*rejected the credentials in HTTPS_PROXY/,
  configure: (place) => {
    const { folder, port } = place;
    const check = `[ "$login" = "${LOGIN.user} ${LOGIN.password}" ] && echo OK || echo ERR`;
    const helper = write(place, "login.sh", `#!/bin/sh\nwhile read -r login; do ${check}; done\n`);
    const file = write(
      place,
      "squid.conf",
      `http_port 127.0.0.1:${port}
pid_filename none
cache deny all
access_log none
cache_log /dev/null
pinger_enable off
coredump_dir ${folder}
shutdown_lifetime 0 seconds
auth_param basic program ${helper}
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all\n`,
    );
    return ["-N", "-f", file];
  },
};

const tinyproxy: RealProxy = {
  program: "tinyproxy",
  kind: "tunnel",
  rejects: /answered 401.*rejected the credentials in HTTPS_PROXY/,
  configure: (place) => [
    "-d",
    "-c",
    write(
      place,
      "tinyproxy.conf",
      `Port ${place.port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 50\nLogFile "${place.folder}/log"
BasicAuth ${LOGIN.user} ${LOGIN.password}\n`,
    ),
  ],
};

/** Every proxy with which the package is tried. */
export const PROXIES = [nginx, haproxy, squid, tinyproxy];
