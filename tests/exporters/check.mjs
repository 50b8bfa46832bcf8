// check.mjs NODE_MODULES srt|cedar|networkpolicy|cilium FILE [ASKED...]: whether the enforcer's own parser, or what
// its API's schema was compiled to, takes FILE; of Cedar, then also what it decides of each ASKED, "allow" or
// "deny": a name in hexadecimal, for "file read", or an object of JSON with "action" and what is in the context.
// "-": the standard input has such objects, one a line.
import { readFileSync } from "fs";
import { createRequire } from "module";

const [modules, format, file, ...asked] = process.argv.slice(2);

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
	const context = { own: false, confirmed: false, phase: "", now_ns: 0, elapsed_ns: 0, uses_second: 0, uses_minute: 0, uses_hour: 0, uses_run: 0, command: "" };
	if (engine.preparsePolicySet("policies", { staticPolicies: text }).type !== "success") return ["not kept"];
	const each = asked[0] === "-" ? readFileSync(0, "utf8").trim().split("\n") : asked;
	for (const one of each) {
		const { action = "file read", ...more } = one.startsWith("{") ? JSON.parse(one) : { name: Buffer.from(one, "hex").toString() };
		const answer = engine.statefulIsAuthorized({
			principal: { type: "Agent", id: "a" },
			action: { type: "Action", id: action },
			resource: { type: "Any", id: "any" },
			context: { ...context, ...more },
			preparsedPolicySetId: "policies",
			entities: [],
		});
		console.log(answer.type === "success" ? answer.response.decision : JSON.stringify(answer.errors));
	}
	return [];
}

// Schemas let pass what they do not know, as the API does, which drops it.
async function kubernetes(text, path, kind) {
	const { [kind]: Model } = await import(`${modules}/${path}/${kind}.js`);
	try {
		new Model(JSON.parse(text.replace(/^#.*$/gm, ""))).validate();
	} catch (error) {
		return [error.message];
	}
	return [];
}
const networkpolicy = (text) => kubernetes(text, "kubernetes-models/networking.k8s.io/v1", "NetworkPolicy");
const cilium = (text) => kubernetes(text, "@kubernetes-models/cilium/cilium.io/v2", "CiliumNetworkPolicy");

const faults = await { srt, cedar, networkpolicy, cilium }[format](readFileSync(file, "utf8"));
for (const fault of faults) console.error(JSON.stringify(fault));
process.exit(faults.length ? 1 : 0);
