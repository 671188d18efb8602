/** The provider; {@link dev.enclave.os.OsBackendProvider} is all there is to see. */
@org.jspecify.annotations.NullMarked
package dev.enclave.os;
