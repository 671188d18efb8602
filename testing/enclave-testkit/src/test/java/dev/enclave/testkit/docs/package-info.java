/** Keeps README and docs true: generated tables, quoted code, names of settings and of tests. */
@org.jspecify.annotations.NullMarked
package dev.enclave.testkit.docs;
