/** Tests. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.key;
