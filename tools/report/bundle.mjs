// node bundle.mjs PACKAGES OUT: writes the report's page, everything inlined but the data, which replaces HONE_REPORT_DATA.
// PACKAGES is the folder that tools/report/fetch printed.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const [packages, out] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const esbuild = createRequire(path.join(packages, 'package.json'))('esbuild');

const bundled = (defines) => esbuild.buildSync({
  entryPoints: [path.join(here, 'src/main.js')], bundle: true, minify: true, write: false, metafile: true, format: 'iife', target: 'es2020',
  charset: 'utf8', legalComments: 'none', nodePaths: [path.join(packages, 'node_modules')], define: defines, logLevel: 'warning',
});

// The licence texts of every package whose code ended up in the bundle.
function licences(metafile) {
  const folders = new Set(Object.keys(metafile.inputs).map((file) => file.match(/node_modules\/([^/]+)\//)?.[1]).filter(Boolean));
  return [...folders].sort().map((name) => {
    const folder = path.join(packages, 'node_modules', name);
    const files = fs.readdirSync(folder, { recursive: true }).filter((file) => /^(licen[cs]es?|notice|copying)([./-]|$)/i.test(file) &&
      fs.statSync(path.join(folder, file)).isFile());
    if (files.length === 0) throw new Error(`${name} has no licence file`);
    const { version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    return `== ${name} ${version} ==\n` + files.map((file) => fs.readFileSync(path.join(folder, file), 'utf8').trim()).join('\n\n');
  }).join('\n\n');
}

const text = licences(bundled({ LICENCE_TEXT: '""' }).metafile);
const script = bundled({ LICENCE_TEXT: JSON.stringify(text) }).outputFiles[0].text.replaceAll('</script', '<\\/script');
const style = esbuild.transformSync(fs.readFileSync(path.join(here, 'src/style.css'), 'utf8'), { loader: 'css', minify: true }).code;
const parts = { LICENCES: 'Licences of the code in this page: see its foot.', STYLE: style, SCRIPT: script };
const page = fs.readFileSync(path.join(here, 'page.html'), 'utf8').replace(/^LICENCES$|(?<=<style>)STYLE|(?<=<script>)SCRIPT/gm, (word) => parts[word]);
fs.mkdirSync(path.dirname(out), { recursive: true });
fs.writeFileSync(out, page);
