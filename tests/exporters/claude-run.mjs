// claude-run.mjs CLAUDE SETTINGS CALL...: what becomes of calls of tools under Claude Code with these settings, in the
// current folder.  A model of our own on loopback wants one after another: {"name", "input"} in JSON.  Prints "done" or
// "denied" and the first line of the result for each.
import { spawn } from "child_process";
import { createServer } from "http";

const [claude, settings, ...rest] = process.argv.slice(2);
const calls = rest.map((call) => JSON.parse(call));
const results = new Map();
let next = 0;

// An answer of the Messages API, as a stream of events.
function stream(response, start, delta, reason) {
	const send = (type, data) => response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
	const usage = { input_tokens: 1, output_tokens: 1 };
	response.writeHead(200, { "content-type": "text/event-stream" });
	send("message_start", {
		message: { id: `m${next}`, type: "message", role: "assistant", model: "m", content: [], stop_reason: null, usage },
	});
	send("content_block_start", { index: 0, content_block: start });
	send("content_block_delta", { index: 0, delta });
	send("content_block_stop", { index: 0 });
	send("message_delta", { delta: { stop_reason: reason, stop_sequence: null }, usage });
	send("message_stop", {});
	response.end();
}

function answer(body, response) {
	for (const { content } of body.messages ?? [])
		for (const block of Array.isArray(content) ? content : [])
			if (block.type === "tool_result") results.set(block.tool_use_id, block);
	if (!body.tools?.length || next === calls.length)
		return stream(response, { type: "text", text: "" }, { type: "text_delta", text: "done" }, "end_turn");
	const { name, input } = calls[next++];
	const start = { type: "tool_use", id: `t${next}`, name, input: {} };
	stream(response, start, { type: "input_json_delta", partial_json: JSON.stringify(input) }, "tool_use");
}

function text(block) {
	if (typeof block?.content === "string") return block.content;
	return (block?.content ?? []).map((part) => part.text ?? "").join("");
}
const isDenied = (block) => !block || /^Permission to use |has been denied/.test(text(block));

const server = createServer((request, response) => {
	let body = "";
	request.on("data", (part) => (body += part));
	request.on("end", () => {
		if (request.method === "POST" && /^\/v1\/messages(\?|$)/.test(request.url)) return answer(JSON.parse(body), response);
		response.writeHead(200, { "content-type": "application/json" });
		response.end('{"input_tokens":1}');
	});
});
server.listen(0, "127.0.0.1", () => {
	const env = {
		...process.env, ANTHROPIC_BASE_URL: `http://127.0.0.1:${server.address().port}`, ANTHROPIC_API_KEY: "none",
		DISABLE_AUTOUPDATER: "1", CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
	};
	const child = spawn(claude, ["-p", "go", "--settings", settings, "--setting-sources", ""], { env, stdio: ["ignore", "pipe", "inherit"] });
	child.stdout.resume();
	child.on("close", () => {
		for (let index = 1; index <= calls.length; index++) {
			const block = results.get(`t${index}`);
			console.log(`${isDenied(block) ? "denied" : "done"} ${text(block).split("\n")[0]}`);
		}
		process.exit(0);
	});
});
