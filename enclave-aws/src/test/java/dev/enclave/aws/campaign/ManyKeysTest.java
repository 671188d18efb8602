package dev.enclave.aws.campaign;

import dev.enclave.campaign.ManyKeysCampaign;

class ManyKeysTest extends ManyKeysCampaign {

  ManyKeysTest() {
    super(new AwsUnderTest());
  }
}
