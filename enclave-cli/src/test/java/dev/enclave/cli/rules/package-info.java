/** Rules that all modules' main code keeps, checked on sources and classes. */
@org.jspecify.annotations.NullMarked
package dev.enclave.cli.rules;
