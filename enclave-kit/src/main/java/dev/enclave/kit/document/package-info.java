/** Keys at a service that has private keys without versions, and documents beside them. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.document;
