// Validates each object of a JSON array by the CRD's schema of its kind; prints what is
// wrong as JSON, and how many it knew.
import fs from "node:fs";

const upper = (text) => text[0].toUpperCase() + text.slice(1);
const wrong = [];
let known = 0;
for (const each of JSON.parse(fs.readFileSync(process.argv[2], "utf8"))) {
  const [group, version] = each.apiVersion.split("/");
  const name = group.split(".").map(upper).join("") + upper(version) + each.kind;
  const home = `${process.cwd()}/node_modules/@kubernetes-models/istio`;
  const { validate } = await import(`${home}/_schemas/${name}.js`);
  known += 1;
  if (!validate(each)) {
    const why = validate.errors.map((error) => `${error.instancePath} ${error.message}`);
    wrong.push([each.kind, each.metadata.name, ...new Set(why)]);
  }
}
console.log(JSON.stringify({ known, wrong }));
