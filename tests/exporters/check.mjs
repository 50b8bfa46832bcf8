// check.mjs NODE_MODULES srt|cedar FILE [NAME...]: whether the enforcer's own parser takes FILE; of Cedar,
// then also what it decides: "allow" or "deny" for "file read" of each name, in hexadecimal.
import { readFileSync } from "fs";
import { createRequire } from "module";

const [modules, format, file, ...names] = process.argv.slice(2);

async function srt(text) {
	const path = `${modules}/@anthropic-ai/sandbox-runtime/dist/sandbox/sandbox-config.js`;
	const { SandboxRuntimeConfigSchema: schema } = await import(path);
	const result = schema.safeParse(JSON.parse(text));
	return result.success ? [] : result.error.issues;
}

function cedar(text) {
	const engine = createRequire(import.meta.url)(`${modules}/@cedar-policy/cedar-wasm/nodejs`);
	const parsed = engine.checkParsePolicySet({ staticPolicies: text });
	if (parsed.type !== "success") return parsed.errors;
	const context = { own: false, confirmed: false, phase: "", now_ns: 0, elapsed_ns: 0, uses_minute: 0 };
	for (const name of names) {
		const answer = engine.isAuthorized({
			principal: { type: "Agent", id: "a" },
			action: { type: "Action", id: "file read" },
			resource: { type: "Any", id: "any" },
			context: { ...context, name: Buffer.from(name, "hex").toString() },
			policies: { staticPolicies: text },
			entities: [],
		});
		console.log(answer.type === "success" ? answer.response.decision : JSON.stringify(answer.errors));
	}
	return [];
}

const faults = await { srt, cedar }[format](readFileSync(file, "utf8"));
for (const fault of faults) console.error(JSON.stringify(fault));
process.exit(faults.length ? 1 : 0);
