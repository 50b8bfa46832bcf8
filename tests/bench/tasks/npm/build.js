// Each source goes to dist/assets/NAME-HASH, by way of a cache; what is old there is deleted.
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const cache = path.join('node_modules', '.cache', 'bundle');
const assets = path.join('dist', 'assets');

function digest(text, encoding) {
	return crypto.createHash('sha256').update(text).digest(encoding);
}

function transform(text) {
	const kept = path.join(cache, digest(text, 'hex') + '.json');
	if (fs.existsSync(kept))
		return JSON.parse(fs.readFileSync(kept, 'utf8')).code;
	const code = text.replace(/\s+/g, ' ');
	const partial = `${kept}.${process.pid}.${crypto.randomBytes(4).toString('hex')}`;
	fs.writeFileSync(partial, JSON.stringify({ code }));
	fs.renameSync(partial, kept);
	return code;
}

function build() {
	const manifest = {};
	fs.mkdirSync(cache, { recursive: true });
	fs.mkdirSync(assets, { recursive: true });
	for (const name of fs.readdirSync('src').sort()) {
		const code = transform(fs.readFileSync(path.join('src', name), 'utf8'));
		const { name: stem, ext } = path.parse(name);
		const file = `${stem}-${digest(code, 'base64url').slice(0, 8)}${ext}`;
		fs.writeFileSync(path.join(assets, file), code);
		if (process.env.MAPS)
			fs.writeFileSync(path.join(assets, file + '.map'), '{}');
		manifest[name] = file;
	}
	fs.writeFileSync(path.join('dist', 'manifest.json'), JSON.stringify(manifest));
	const wanted = new Set(Object.values(manifest));
	for (const file of fs.readdirSync(assets))
		if (!wanted.has(file.replace(/\.map$/, '')))
			fs.unlinkSync(path.join(assets, file));
}

if (process.argv[2] === 'clean')
	fs.rmSync('dist', { recursive: true, force: true });
else
	build();
