/** Which operating system this is, and what its store needs. */
@org.jspecify.annotations.NullMarked
package dev.enclave.os.internal;
