// One script and one style sheet for every page (app), two more for the map (atlas) and for drawing boundaries (boundary); always under
// the same names, into the package's static folder. What only the map or only a chart needs lies in chunks that no other page loads.
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
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1400, // the map itself
    rolldownOptions: {
      input: {
        app: resolve(here, "src/app.ts"),
        atlas: resolve(here, "src/atlas.ts"),
        boundary: resolve(here, "src/boundary.ts"),
        "atlas.css": resolve(here, "src/styles/atlas.css"),
        "map.css": resolve(here, "src/styles/map.css"),
      },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "map/[name]-[hash].js",
        assetFileNames: (asset) => ((asset.names[0] ?? "").endsWith(".mjs") ? "map/[name]-[hash].js" : "[name][extname]"), // the worker is a script
      },
    },
  },
});
