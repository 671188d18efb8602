/** The whole engine on tokens that are busy, or go away. */
@org.jspecify.annotations.NullMarked
package dev.enclave.pkcs11.engine;
