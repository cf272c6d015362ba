// One script and one style sheet, always under the same names, into the package's static folder.
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { PurgeCSS } from "purgecss";
import { defineConfig } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const users = ["../src/gridloop/**/*.html", "../src/gridloop/**/*.py", "src/**/*.ts", "README.md"];

// Tabler styles far more than these pages use: keep the rules whose selectors occur in a template, a Python module, a script, or
// in README.md, which lists the classes that a template may rely on.
function purgeTabler() {
  return {
    name: "purge-tabler",
    enforce: "pre",
    async transform(code, id) {
      if (!id.includes("@tabler/core") || !id.split("?")[0].endsWith(".css")) return null;
      const [purged] = await new PurgeCSS().purge({
        content: users.map((pattern) => resolve(here, pattern)),
        css: [{ raw: code }],
        safelist: { standard: ["html", "body", "is-invalid", "is-valid", "show", "disabled", "active"] },
        keyframes: true,
      });
      return { code: purged.css, map: null };
    },
  };
}

export default defineConfig({
  root: here,
  base: "./",
  plugins: [purgeTabler()],
  build: {
    outDir: resolve(here, "../src/gridloop/web/static/gridloop"),
    emptyOutDir: true,
    target: ["chrome109", "firefox115", "safari16"],
    cssCodeSplit: false,
    chunkSizeWarningLimit: 400,
    rolldownOptions: {
      input: resolve(here, "src/app.ts"),
      output: {
        entryFileNames: "app.js",
        assetFileNames: (asset) => (asset.names.some((name) => name.endsWith(".css")) ? "app.css" : "[name][extname]"),
      },
    },
  },
});
