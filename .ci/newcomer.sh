#!/usr/bin/env bash
# Commands of the README and of --help, as written, in a fresh clone under a fresh user account: a sample of them, as all take half an
# hour. All: only='^npm run demo$|convert ./clip|inspect|validate models|encode (photos/ --format|--text|talk)|pip install|search|token|print-config'
node tools/setup/run-documented-commands.mjs --only "$only"
