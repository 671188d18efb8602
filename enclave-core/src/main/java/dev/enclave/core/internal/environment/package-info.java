/** The process's own variables, properties, files and clock, for whoever is given them. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.environment;
