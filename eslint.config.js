import prettier from 'eslint-config-prettier'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['dist/', 'build/', 'node_modules/', '.kubeling/', '*.config.js'] },
  ...tseslint.configs.recommended,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['scripts/*.js', 'scripts/lib/*.js', 'scripts/images/*.js'] } },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
      // `const Pod = …` is the kind, `type Pod` the object: one name for both, as upstream has it.
      '@typescript-eslint/no-redeclare': 'off',
      'max-params': ['error', 3],
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'Program > VariableDeclaration[kind="let"]',
          message: 'No state in modules: put it into an object that main.ts wires up.',
        },
        { selector: 'Program > ExportNamedDeclaration > VariableDeclaration[kind="let"]', message: 'No state in modules.' },
      ],
    },
  },
  { files: ['**/*.test.ts'], rules: { 'no-restricted-syntax': 'off', 'max-params': 'off' } },
  // CommonJS, which Node starts faster.
  { files: ['scripts/images/*.js'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  prettier,
)
