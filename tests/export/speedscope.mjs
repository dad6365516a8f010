// speedscope.mjs RELEASE FACTS.json FILE...: what speedscope's own importer makes of files: their names end with
// collapsed.txt, speedscope.json or pb.gz. Leaves with 1 and a sentence where figures are others.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import vm from "node:vm";

const [release, factsFile, ...files] = process.argv.slice(2);
const facts = JSON.parse(readFileSync(factsFile, "utf8"));

// Its bundles begin with a table of modules and end with those that are run: here none is, but the one that is
// asked for.
const silent = { log() {}, warn() {}, error() {} };
const context = vm.createContext({ console: silent, setTimeout, TextDecoder, TextEncoder, URL, Uint8Array, ArrayBuffer });
context.window = context.self = context;
context.document = { addEventListener() {} };
context.navigator = { userAgent: "node", platform: "node" };
let importer;
for (const begin of ["speedscope.", "import."]) {
    const name = readdirSync(release).find((entry) => entry.startsWith(begin) && entry.endsWith(".js"));
    const bundle = readFileSync(`${release}/${name}`, "utf8");
    const heads = bundle.slice(0, bundle.indexOf("importProfileGroupFromText=")).matchAll(/"(\w{4})":\[function\(require/g);
    vm.runInContext(bundle.replace(/\},\{\},\[[^\]]*\], null\)/, "},{},[], null)"), context);
    importer = [...heads].at(-1)[1];
}
const { importProfilesFromArrayBuffer } = context.parcelRequire(importer);

const expected = {
    "collapsed.txt": [facts.peak_bytes],
    "pb.gz": [facts.peak_bytes],
    "speedscope.json": [facts.peak_bytes, facts.bytes, facts.calls, facts.short_bytes, facts.live_bytes],
};
for (const file of files) {
    const bytes = readFileSync(file);
    const group = await importProfilesFromArrayBuffer(file, bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    assert.ok(group, `${file} is none that it knows`);
    const end = Object.keys(expected).find((name) => file.endsWith(name));
    const weights = group.profiles.map((profile) => profile.getTotalWeight());
    assert.deepEqual([...weights], expected[end], file);
}
