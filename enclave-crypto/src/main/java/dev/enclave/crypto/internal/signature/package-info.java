/** Forms of signatures, verification, padding of RSA. */
@org.jspecify.annotations.NullMarked
package dev.enclave.crypto.internal.signature;
