import trial.history
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('trial', '0005_cycles_before_consent'),
        ('otp_static', '0003_add_timestamps'),
        ('otp_totp', '0003_add_timestamps'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='systemevent',
            constraint=trial.history.Watches(about='new.user_id', by='null', digest='748db2bf', digested=['key'], ended='removed', key='new.id::text', kind='second factor', made='made', name='watches_second_factors', never_deleted=False, omitted=['last_used_at', 'throttling_failure_timestamp', 'throttling_failure_count', 'drift', 'last_t'], watched='otp_totp_totpdevice'),
        ),
        migrations.AddConstraint(
            model_name='systemevent',
            constraint=trial.history.Watches(about='new.user_id', by='null', digest='748db2bf', digested=[], ended='removed', key='new.id::text', kind='recovery codes', made='made', name='watches_recovery_codes', never_deleted=False, omitted=['last_used_at', 'throttling_failure_timestamp', 'throttling_failure_count'], watched='otp_static_staticdevice'),
        ),
    ]
