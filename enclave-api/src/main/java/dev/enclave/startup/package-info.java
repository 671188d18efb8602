/**
 * Opens an {@link dev.enclave.Enclave}: {@link dev.enclave.startup.EnclaveFactory} takes settings
 * and parts of one's own. Nothing else of the API knows this package.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.startup;
