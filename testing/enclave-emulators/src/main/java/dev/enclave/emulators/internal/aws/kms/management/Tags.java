package dev.enclave.emulators.internal.aws.kms.management;

import dev.enclave.emulators.internal.aws.kms.model.KmsKey;
import dev.enclave.emulators.internal.aws.kms.request.Answers;
import dev.enclave.emulators.internal.aws.kms.request.Call;
import dev.enclave.emulators.internal.aws.kms.request.Operation;
import dev.enclave.emulators.internal.aws.kms.request.Page;
import dev.enclave.emulators.internal.aws.kms.request.TagRules;
import dev.enclave.emulators.internal.aws.kms.shared.KeyFinder;
import dev.enclave.emulators.internal.aws.kms.shared.Shared;
import dev.enclave.emulators.internal.aws.kms.shared.StateRules;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Tags of keys. */
public final class Tags {

  private final Shared shared;

  public Tags(Shared shared) {
    this.shared = shared;
  }

  public void register(Map<String, Operation> operations) {
    operations.put("TagResource", this::tag);
    operations.put("UntagResource", this::untag);
    operations.put("ListResourceTags", this::list);
  }

  /** KMS API Reference, TagResource. */
  private Map<String, ?> tag(Call call) {
    String keyId = KeyFinder.read(call, "KeyId");
    if (!call.input().has("Tags")) {
      call.input().missing("Tags");
    }
    Map<String, String> tags = TagRules.read(call.input());
    call.brings(tags);
    KmsKey key = shared.finder().byKey(call, keyId);
    synchronized (key) {
      StateRules.requireNotPendingDeletion(key, call);
      Map<String, String> all = new TreeMap<>(key.tags().latest().orElseThrow());
      all.putAll(tags);
      TagRules.checkCount(all.size());
      key.tagged(all, call.now());
    }
    return Answers.EMPTY;
  }

  /** KMS API Reference, UntagResource. */
  private Map<String, ?> untag(Call call) {
    String keyId = KeyFinder.read(call, "KeyId");
    if (!call.input().has("TagKeys")) {
      call.input().missing("TagKeys");
    }
    List<String> names = call.input().texts("TagKeys");
    call.input().check();
    call.removes(names);
    KmsKey key = shared.finder().byKey(call, keyId);
    synchronized (key) {
      StateRules.requireNotPendingDeletion(key, call);
      Map<String, String> rest = new TreeMap<>(key.tags().latest().orElseThrow());
      names.forEach(rest::remove);
      key.tagged(rest, call.now());
    }
    return Answers.EMPTY;
  }

  /** KMS API Reference, ListResourceTags: Limit between 1 and 50, 50 by default. */
  private Map<String, ?> list(Call call) {
    String keyId = KeyFinder.read(call, "KeyId");
    Page page = Page.read(call.input(), 50, 50, shared.mostItems());
    KmsKey key = shared.finder().byKey(call, keyId);
    TreeMap<String, String> tags = new TreeMap<>(key.tags().visible(call.now()).orElse(Map.of()));
    for (Map.Entry<String, String> tag : tags.tailMap(page.after(), false).entrySet()) {
      if (!page.add(tag.getKey(), Map.of("TagKey", tag.getKey(), "TagValue", tag.getValue()))) {
        break;
      }
    }
    return page.answer("Tags");
  }
}
