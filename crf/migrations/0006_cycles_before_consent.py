import django.core.validators
from django.conf import settings
from django.db import migrations, models

from trial.migration_operations import CreatedTogether


class Migration(migrations.Migration):

    dependencies = [
        ('crf', '0005_ledger_of_everything'),
        ('trial', '0005_cycles_before_consent'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [CreatedTogether([
        migrations.RemoveConstraint(
            model_name='regimen',
            name='crf_regimen_preconsent_cycles_limits',
        ),
        migrations.AlterField(
            model_name='historicalregimen',
            name='preconsent_cycles',
            field=models.SmallIntegerField(blank=True, db_comment='SUPPEC.PRECNS', null=True, validators=[django.core.validators.MinValueValidator(0, '“Cycles completed before consent” lies between 0 and 6.'), django.core.validators.MaxValueValidator(6, '“Cycles completed before consent” lies between 0 and 6.')], verbose_name='Cycles completed before consent'),
        ),
        migrations.AlterField(
            model_name='regimen',
            name='preconsent_cycles',
            field=models.SmallIntegerField(blank=True, db_comment='SUPPEC.PRECNS', null=True, validators=[django.core.validators.MinValueValidator(0, '“Cycles completed before consent” lies between 0 and 6.'), django.core.validators.MaxValueValidator(6, '“Cycles completed before consent” lies between 0 and 6.')], verbose_name='Cycles completed before consent'),
        ),
        migrations.AddConstraint(
            model_name='regimen',
            constraint=models.CheckConstraint(condition=models.Q(('preconsent_cycles__range', (0, 6)), ('preconsent_cycles', None), _connector='OR'), name='crf_regimen_preconsent_cycles_limits', violation_error_message='“Cycles completed before consent” lies between 0 and 6.'),
        ),
    ])]
