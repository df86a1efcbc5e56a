// Installs what package-lock.json names when it is not there yet, and costs a few file reads when it
// is. Plain JavaScript: Node is all there is when it runs.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

// npm writes its own lock into node_modules last, so an interrupted installation is not taken for a whole one.
function packages(lock) {
  try {
    return JSON.parse(readFileSync(lock, "utf8")).packages;
  } catch {
    return {};
  }
}

const present = packages("node_modules/.package-lock.json");
const missing = Object.entries(packages("package-lock.json")).some((
  [path, { optional, version }],
) => path !== "" && !optional && present[path]?.version !== version);
if (missing) {
  console.error("Installing Deno, Bun and what the tests need into node_modules, once");
  // Bun's package is nothing but its install script. --no-save: package-lock.json stays as it is.
  const npm = spawnSync(
    "npm",
    [
      "install",
      "--no-save",
      "--include=dev",
      "--ignore-scripts=false",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  process.exitCode = npm.status ?? 1;
}
