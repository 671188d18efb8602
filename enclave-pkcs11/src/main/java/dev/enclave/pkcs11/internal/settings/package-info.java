/** The settings of the backend for PKCS#11 tokens. */
@org.jspecify.annotations.NullMarked
package dev.enclave.pkcs11.internal.settings;
