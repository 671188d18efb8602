/** The words of this module's messages. */
@org.jspecify.annotations.NullMarked
package dev.enclave.pkcs11.internal.texts;
