/** Tests of the values. */
@org.jspecify.annotations.NullMarked
package dev.enclave;
