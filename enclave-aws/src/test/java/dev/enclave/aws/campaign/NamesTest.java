package dev.enclave.aws.campaign;

import dev.enclave.campaign.NamesCampaign;

class NamesTest extends NamesCampaign {

  NamesTest() {
    super(new AwsUnderTest(), "CreateAlias");
  }
}
