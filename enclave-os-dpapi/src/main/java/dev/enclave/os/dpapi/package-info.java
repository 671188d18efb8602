/** DPAPI, and the files it protects. Compiled for Java 11. */
@org.jspecify.annotations.NullMarked
package dev.enclave.os.dpapi;
