/**
 * The software backend's provider; {@link dev.enclave.software.SoftwareBackendProvider} is all
 * there is to see.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.software;
