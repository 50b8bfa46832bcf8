#!/bin/sh
# npm run build: node bundles the sources into files that are called by their contents.
. "$TASKS/lib.sh"

setup() {
	mkdir -p workspace/src
	cd workspace
	cp "$TASKS/npm/package.json" "$TASKS/npm/build.js" .
	for name in index cart user search; do
		echo "export const $name = '$name in state $(pick 1 1000000)'" >"src/$name.js"
	done
	echo "body { color: #$(pick 2 900) }" >src/site.css
}

run() {
	export npm_config_update_notifier=false npm_config_fund=false
	npm run --silent build
	[ "$VARIANT" = 0 ] && return
	sed -i "s/state/better state/" "src/$(one 3 index cart user search).js"
	[ "$VARIANT" = 1 ] || export MAPS=1
	npm run --silent build
}

"$1"
