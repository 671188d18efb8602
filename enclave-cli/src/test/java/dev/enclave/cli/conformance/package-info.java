/** The table of what each backend's contract tests ran against. */
@org.jspecify.annotations.NullMarked
package dev.enclave.cli.conformance;
