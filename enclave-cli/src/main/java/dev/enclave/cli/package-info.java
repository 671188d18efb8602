/**
 * The {@code enclave} command: its entry, its root command, its logging.
 *
 * <p>One small class per command over the public API alone. {@link dev.enclave.cli.EnclaveCommand}
 * runs one command line; everything it touches arrives in a {@link
 * dev.enclave.cli.session.CommandContext}.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.cli;
