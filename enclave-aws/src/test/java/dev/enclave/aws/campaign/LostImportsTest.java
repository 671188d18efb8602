package dev.enclave.aws.campaign;

import dev.enclave.campaign.LostImportsCampaign;

class LostImportsTest extends LostImportsCampaign {

  LostImportsTest() {
    super(new AwsUnderTest());
  }
}
