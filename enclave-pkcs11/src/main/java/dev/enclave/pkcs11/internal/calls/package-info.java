/** Sessions with a token, and what its return values mean. */
@org.jspecify.annotations.NullMarked
package dev.enclave.pkcs11.internal.calls;
