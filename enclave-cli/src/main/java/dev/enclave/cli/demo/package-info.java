/** The command {@code enclave demo}. */
@org.jspecify.annotations.NullMarked
package dev.enclave.cli.demo;
