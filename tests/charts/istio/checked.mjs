// Validates each object of a JSON array by the CRD's schema of its kind; prints what is
// wrong as JSON, and how many it knew.
import fs from "node:fs";

const upper = (text) => text[0].toUpperCase() + text.slice(1);
const camel = (text) => text.split(/\W/).map(upper).join("");
// A schema has the name of what it was made of: a CRD, or a type of the operator's own.
const OPERATOR = "com.github.prometheus-operator.prometheus-operator.pkg.apis.monitoring";
const MADE_OF = { "monitoring.coreos.com": ["prometheus-operator", OPERATOR] };
const wrong = [];
let known = 0;
for (const each of JSON.parse(fs.readFileSync(process.argv[2], "utf8"))) {
  const [group, version] = each.apiVersion.split("/");
  const [from, source] = MADE_OF[group] ?? ["istio", group];
  const name = camel(source) + upper(version) + each.kind;
  const home = `${process.cwd()}/node_modules/@kubernetes-models/${from}`;
  const { validate } = await import(`${home}/_schemas/${name}.js`);
  known += 1;
  if (!validate(each)) {
    const why = validate.errors.map((error) => `${error.instancePath} ${error.message}`);
    wrong.push([each.kind, each.metadata.name, ...new Set(why)]);
  }
}
console.log(JSON.stringify({ known, wrong }));
