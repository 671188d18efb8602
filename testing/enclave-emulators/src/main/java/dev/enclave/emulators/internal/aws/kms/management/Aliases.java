package dev.enclave.emulators.internal.aws.kms.management;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.kms.model.AliasEntry;
import dev.enclave.emulators.internal.aws.kms.model.KmsKey;
import dev.enclave.emulators.internal.aws.kms.request.Answers;
import dev.enclave.emulators.internal.aws.kms.request.Call;
import dev.enclave.emulators.internal.aws.kms.request.Operation;
import dev.enclave.emulators.internal.aws.kms.request.Page;
import dev.enclave.emulators.internal.aws.kms.shared.KeyFinder;
import dev.enclave.emulators.internal.aws.kms.shared.Shared;
import dev.enclave.emulators.internal.aws.kms.shared.StateRules;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Names of keys. */
public final class Aliases {

  // KMS Developer Guide, "Resource quotas": aliases per KMS key.
  private static final int MOST_PER_KEY = 50;
  private static final int LONGEST_NAME = 256;
  private static final Pattern NAME = Pattern.compile("^[a-zA-Z0-9:/_-]+$");

  private final Shared shared;

  public Aliases(Shared shared) {
    this.shared = shared;
  }

  public void register(Map<String, Operation> operations) {
    operations.put("CreateAlias", this::create);
    operations.put("UpdateAlias", this::update);
    operations.put("DeleteAlias", this::delete);
    operations.put("ListAliases", this::list);
  }

  /** KMS API Reference, CreateAlias: permission on the alias and on the key. */
  private Map<String, ?> create(Call call) {
    String name = readName(call);
    String keyId = KeyFinder.read(call, "TargetKeyId");
    call.input().check();
    checkNew(name);
    shared.access().checkResource(call, "CreateAlias", shared.partition().aliasArn(name));
    KmsKey key = shared.finder().byKey(call, keyId);
    synchronized (key) {
      StateRules.requireNotPendingDeletion(key, call);
      if (key.aliases().size() >= MOST_PER_KEY && !key.aliases().contains(name)) {
        throw tooMany(key);
      }
      shared
          .keys()
          .createAlias(
              name,
              key,
              call.now(),
              AwsFailure.of(
                  "AlreadyExistsException",
                  "An alias with the name "
                      + shared.partition().aliasArn(name)
                      + " already exists"));
    }
    return Answers.EMPTY;
  }

  /**
   * KMS API Reference, UpdateAlias: permission on the alias, the current key and the new one; "the
   * current and new KMS key must be the same type (both symmetric or both asymmetric or both HMAC),
   * and they must have the same key usage". The reference names no error for that.
   */
  private Map<String, ?> update(Call call) {
    String name = readName(call);
    String keyId = KeyFinder.read(call, "TargetKeyId");
    call.input().check();
    checkPrefix(name);
    shared.access().checkResource(call, "UpdateAlias", shared.partition().aliasArn(name));
    KmsKey key = shared.finder().byKey(call, keyId);
    synchronized (key) {
      StateRules.requireNotPendingDeletion(key, call);
      if (key.aliases().size() >= MOST_PER_KEY && !key.aliases().contains(name)) {
        throw tooMany(key);
      }
      shared
          .keys()
          .changeAlias(
              name,
              call.now(),
              notFound(name),
              old -> {
                checkReplacement(call, old.keyId(), key);
                return Optional.of(new AliasEntry(key.id(), old.created(), call.now()));
              });
    }
    return Answers.EMPTY;
  }

  private void checkReplacement(Call call, String oldId, KmsKey key) {
    KmsKey old = shared.keys().all().get(oldId);
    if (old == null) {
      return;
    }
    shared.access().check(call, old);
    if (!kind(old).equals(kind(key))) {
      throw AwsFailure.of(
          "ValidationException",
          "Alias cannot be updated from a key of " + kind(old) + " to one of " + kind(key));
    }
  }

  private static String kind(KmsKey key) {
    String type =
        switch (key.spec().family()) {
          case SYMMETRIC -> "symmetric";
          case HMAC -> "HMAC";
          case RSA, EC, EDWARDS -> "asymmetric";
        };
    return type + " " + key.identity().usage();
  }

  /** KMS API Reference, DeleteAlias: permission on the alias and on the key. */
  private Map<String, ?> delete(Call call) {
    String name = readName(call);
    call.input().check();
    checkPrefix(name);
    shared.access().checkResource(call, "DeleteAlias", shared.partition().aliasArn(name));
    shared
        .keys()
        .changeAlias(
            name,
            call.now(),
            notFound(name),
            old -> {
              KmsKey key = shared.keys().all().get(old.keyId());
              if (key != null) {
                call.concerns(key.id());
                shared.access().check(call, key);
              }
              return Optional.empty();
            });
    return Answers.EMPTY;
  }

  /** KMS API Reference, ListAliases: Limit between 1 and 100, 50 by default. */
  private Map<String, ?> list(Call call) {
    Optional<String> keyId = call.input().text("KeyId", 1, 2048);
    Page page = Page.read(call.input(), 100, 50, shared.mostItems());
    shared.access().checkResource(call, "ListAliases", "*");
    Optional<KmsKey> key = keyId.map(id -> shared.finder().unchecked(call, id));
    Iterable<String> names =
        key.isPresent()
            ? new TreeSet<>(key.get().aliases()).tailSet(page.after(), false)
            : shared.keys().aliasesAfter(page.after()).keySet();
    for (String name : names) {
      Optional<AliasEntry> alias =
          shared
              .keys()
              .alias(name, call.now())
              .filter(entry -> key.isEmpty() || entry.keyId().equals(key.get().id()));
      if (alias.isPresent() && !page.add(name, item(name, alias.get()))) {
        break;
      }
    }
    return page.answer("Aliases");
  }

  private Map<String, Object> item(String name, AliasEntry alias) {
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("AliasName", name);
    item.put("AliasArn", shared.partition().aliasArn(name));
    item.put("TargetKeyId", alias.keyId());
    item.put("CreationDate", Answers.time(alias.created()));
    item.put("LastUpdatedDate", Answers.time(alias.updated()));
    return item;
  }

  private static String readName(Call call) {
    String name = call.input().requiredText("AliasName", 1, LONGEST_NAME);
    call.input().text("AliasName", 0, Integer.MAX_VALUE, NAME);
    return name;
  }

  /**
   * CreateAlias: AliasName: begins with alias/, "can contain only alphanumeric characters, forward
   * slashes (/), underscores (_), and dashes (-)", "cannot begin with alias/aws/".
   */
  private static void checkNew(String name) {
    checkPrefix(name);
    if (name.equals("alias/") || name.contains(":") || name.startsWith("alias/aws/")) {
      throw AwsFailure.of("InvalidAliasNameException", "Alias name " + name + " is not valid");
    }
  }

  private static void checkPrefix(String name) {
    if (!name.startsWith("alias/")) {
      throw AwsFailure.of(
          "InvalidAliasNameException", "Alias must start with the prefix \"alias/\"");
    }
  }

  private AwsFailure notFound(String name) {
    return AwsFailure.of(
        "NotFoundException", "Alias " + shared.partition().aliasArn(name) + " is not found.");
  }

  private static AwsFailure tooMany(KmsKey key) {
    return AwsFailure.of(
        "LimitExceededException", key.arn() + " has " + MOST_PER_KEY + " aliases already");
  }
}
