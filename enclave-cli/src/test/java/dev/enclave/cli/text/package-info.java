@org.jspecify.annotations.NullMarked
package dev.enclave.cli.text;
