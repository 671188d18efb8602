/**
 * The commands that use keys: {@code enclave sign}, {@code verify}, {@code seal} and {@code
 * unseal}.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.cli.use;
