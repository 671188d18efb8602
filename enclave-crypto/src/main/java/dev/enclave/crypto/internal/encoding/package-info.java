/** DER and the standard forms of keys. */
@org.jspecify.annotations.NullMarked
package dev.enclave.crypto.internal.encoding;
