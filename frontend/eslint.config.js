import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["dist", "node_modules", "src/api/schema.d.ts", "e2e/output"] },
  js.configs.recommended,
  ...ts.configs.strict,
  hooks.configs.flat["recommended-latest"],
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "no-restricted-properties": ["error", { property: "dangerouslySetInnerHTML", message: "Nothing from elsewhere becomes markup." }],
      "no-console": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
  { files: ["e2e/**", "*.js", "*.ts"], languageOptions: { globals: { ...globals.node } }, rules: { "no-console": "off" } },
  { files: ["public/*.js"], languageOptions: { sourceType: "script" }, rules: { "no-var": "off" } },
);
