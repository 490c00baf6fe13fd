#!/bin/sh
# Watches one company folder: watch.sh FOLDER. Finds o2c where pipx and pip put it.
PATH="$HOME/.local/bin:/opt/homebrew/bin:/usr/local/bin:$PATH"
exec o2c -C "${1:?name the company folder}" watch
