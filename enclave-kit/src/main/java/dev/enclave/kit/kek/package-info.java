/** The key that wraps the data keys of sealed records. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.kek;
