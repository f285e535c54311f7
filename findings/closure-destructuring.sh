#!/usr/bin/env bash
# @pulumi/pulumi 3.276.0, seen in December 2026: a function that reads `login.user` is serialised with that property alone.
# `const { user } = login` and `(login).user` take the whole object along, and with it the password, in plain text if it is
# no output. The serialised methods of a dynamic provider are in the state of each of its resources.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . @pulumi/pulumi@3.276.0 >/dev/null
cat >main.js <<'JS'
const { runtime } = require("@pulumi/pulumi");

const login = { user: "app", password: "planted" };
const logins = { database: login };
const ways = {
  "login.user": () => login.user,
  'login["user"]': () => login["user"],
  "const { user } = login": () => {
    const { user } = login;
    return user;
  },
  "(login).user": () => (login).user,
  "logins.database.user": () => logins.database.user,
  "const d = logins.database": () => {
    const d = logins.database;
    return d.user;
  },
};

async function main() {
  for (const [way, written] of Object.entries(ways)) {
    const { text } = await runtime.serializeFunction(written);
    console.log(`${way}: ${text.includes("planted") ? "with the password" : "without"}`);
  }
}

main();
JS
seen=$(node main.js)
echo "$seen"
[ "$seen" = 'login.user: without
login["user"]: without
const { user } = login: with the password
(login).user: with the password
logins.database.user: without
const d = logins.database: with the password' ]
