package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.LostAnswersCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
@Tag("needs-softhsm")
class LostAnswersTest extends LostAnswersCampaign {

  /** SoftHSM reads all objects at each search. */
  LostAnswersTest() {
    super(new SoftHsmUnderTest(), 100);
  }
}
