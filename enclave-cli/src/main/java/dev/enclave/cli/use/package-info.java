/**
 * The commands that use keys: {@code enclave sign}, {@code verify}, {@code seal}, {@code unseal}
 * and {@code reseal}.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.cli.use;
