@org.jspecify.annotations.NullMarked
package dev.enclave.pkcs11.internal.keys;
